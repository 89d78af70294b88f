/**
 * Tells whether an element is in sight or soon will be, first in the next frame and then whenever that changes. On paper
 * everything is in sight.
 *
 * @returns ends it
 */
export function whenNear(element: Element, told: (near: boolean) => void): () => void {
  const watcher = new IntersectionObserver((entries) => told(entries.at(-1)?.isIntersecting === true), {
    rootMargin: '150px',
  });
  const printed = (): void => told(true);
  watcher.observe(element);
  addEventListener('beforeprint', printed);
  return () => {
    watcher.disconnect();
    removeEventListener('beforeprint', printed);
  };
}
