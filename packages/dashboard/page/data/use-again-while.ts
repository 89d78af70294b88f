import { useEffect, useState } from 'preact/hooks';

/** Counts up twice a second as long as there is more to come. */
export function useAgainWhile(more: () => boolean): number {
  const [again, setAgain] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      if (more()) setAgain((now) => now + 1);
    }, 500);
    return () => clearInterval(timer);
  });
  return again;
}
