import { useEffect, useState } from 'preact/hooks';

/** A value as it is once it has not changed for a moment: what is typed is asked for when somebody pauses. */
export function useSettled<Value>(value: Value, milliseconds = 120): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
