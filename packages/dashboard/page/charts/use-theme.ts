import { useEffect, useState } from 'preact/hooks';

/** Counts up when the colours change, by the page's own button or by the system. */
export function useTheme(): number {
  const [theme, setTheme] = useState(0);
  useEffect(() => {
    const changed = (): void => setTheme((now) => now + 1);
    const system = matchMedia('(prefers-color-scheme: dark)');
    addEventListener('themechange', changed);
    system.addEventListener('change', changed);
    return () => {
      removeEventListener('themechange', changed);
      system.removeEventListener('change', changed);
    };
  }, []);
  return theme;
}
