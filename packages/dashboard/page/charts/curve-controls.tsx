import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

/** How curves are drawn, as the reader has set it. */
export interface CurveSettings {
  /** Of the smoothing, in [0, 1). */
  readonly weight: number;
  readonly logarithmic: boolean;
}

/** The settings of curves, and what they are changed with. */
export function useCurveSettings(): [CurveSettings, JSX.Element] {
  const [weight, setWeight] = useState(0);
  const [logarithmic, setLogarithmic] = useState(false);
  const controls = (
    <>
      <label>
        Smoothing{' '}
        <input
          type="range"
          min="0"
          max="0.98"
          step="0.02"
          value={weight}
          onInput={(event) => setWeight(Number(event.currentTarget.value))}
        />
      </label>
      <label>
        <input type="checkbox" checked={logarithmic} onChange={() => setLogarithmic(!logarithmic)} /> Log axis
      </label>
    </>
  );
  return [{ weight, logarithmic }, controls];
}
