import { useEffect, useState } from 'preact/hooks';

/** Where the reader is. It stands in the address after `#`, so that it can be sent to somebody and the back button works. */
export type Route =
  | { readonly page: 'runs' }
  | { readonly page: 'run'; readonly run: string; readonly tab: Tab; readonly step: number | null }
  | { readonly page: 'group'; readonly run: string; readonly step: number; readonly index: number }
  | { readonly page: 'question'; readonly run: string; readonly id: string };

export const tabs = ['curves', 'groups', 'questions', 'config', 'events'] as const;
export type Tab = (typeof tabs)[number];

export function addressOf(route: Route): string {
  switch (route.page) {
    case 'runs':
      return '#/';
    case 'run': {
      const step = route.step === null ? '' : `/${route.step}`;
      return `#/run/${encodeURIComponent(route.run)}/${route.tab}${step}`;
    }
    case 'group':
      return `#/group/${encodeURIComponent(route.run)}/${route.step}/${route.index}`;
    case 'question':
      return `#/question/${encodeURIComponent(route.run)}/${encodeURIComponent(route.id)}`;
  }
}

/** Anything that is no address of the page leads to the runs. */
export function routeOf(address: string): Route {
  const [, page, ...rest] = address.replace(/^#/, '').split('/');
  const [run = '', second = '', third = ''] = rest.map(decode);
  if (page === 'run' && run !== '') {
    const tab = tabs.find((name) => name === second) ?? 'curves';
    return { page, run, tab, step: /^\d+$/.test(third) ? Number(third) : null };
  }
  if (page === 'group' && /^\d+$/.test(second) && /^\d+$/.test(third)) {
    return { page, run, step: Number(second), index: Number(third) };
  }
  if (page === 'question' && second !== '') return { page, run, id: second };
  return { page: 'runs' };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

export function useRoute(): Route {
  const [address, setAddress] = useState(location.hash);
  useEffect(() => {
    const changed = (): void => setAddress(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return routeOf(address);
}

/** Goes there at once: the browser tells of a new address only later, and a second press may come before that. */
export function go(route: Route): void {
  location.hash = addressOf(route);
  dispatchEvent(new HashChangeEvent('hashchange'));
}
