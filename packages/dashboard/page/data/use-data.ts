import { useEffect, useRef, useState } from 'preact/hooks';

/** Something that is being fetched. While it is fetched again, the old value stays. */
export interface Loaded<Value> {
  readonly value: Value | null;
  readonly error: Error | null;
}

/** Fetches when the keys change, and again whenever `again` does. A late answer to an old question is dropped. */
export function useData<Value>(
  fetch: () => Promise<Value>,
  keys: readonly unknown[],
  again: unknown = 0,
): Loaded<Value> {
  const [state, setState] = useState<Loaded<Value> & { readonly key: string }>({ value: null, error: null, key: '' });
  const latest = useRef(0);
  const key = JSON.stringify(keys);
  useEffect(() => {
    const turn = ++latest.current;
    fetch().then(
      (value) => turn === latest.current && setState({ value, error: null, key }),
      (error: unknown) =>
        turn === latest.current &&
        setState({ value: null, error: error instanceof Error ? error : new Error(String(error)), key }),
    );
  }, [key, again]);
  return state.key === key ? state : { value: null, error: null };
}
