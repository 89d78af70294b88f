import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

/** Light, dark, or as the reader's system is; kept for the next visit where the browser keeps anything. */
export function ThemeButton(): JSX.Element {
  const [theme, setTheme] = useState<Theme>(() => themes.find((name) => name === stored()) ?? 'system');
  useEffect(() => {
    if (theme === 'system') document.documentElement.removeAttribute('data-theme');
    else document.documentElement.setAttribute('data-theme', theme);
    try {
      localStorage.setItem('turnwise-theme', theme);
    } catch {
      // A mailed report may be opened where nothing can be kept.
    }
    dispatchEvent(new Event('themechange'));
  }, [theme]);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] as Theme;
  return (
    <button type="button" class="quiet" onClick={() => setTheme(next)} title={`Change to ${next}`}>
      Theme: {theme}
    </button>
  );
}

function stored(): string | null {
  try {
    return localStorage.getItem('turnwise-theme');
  } catch {
    return null;
  }
}
