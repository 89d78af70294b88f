import type { Engine } from '@turnwise/engine';
import { flatLength, readGradients, writeGradients } from './flat-parameters.js';

/**
 * Adds up the gradients of micro-batches, each computed from zero, one after the other in their order. So the sum has
 * the same bits whoever computed the parts, and a part enters it whole or not at all.
 */
export class GradientSum {
  private readonly before: Float32Array;
  private readonly total: Float32Array;

  /** Starts from what the engine has accumulated before. */
  constructor(private readonly engine: Engine) {
    this.before = new Float32Array(flatLength(engine.trainedParameters()));
    readGradients(engine, this.before);
    this.total = this.before.slice();
  }

  add(gradients: Float32Array): void {
    const { total } = this;
    for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (gradients[i] as number);
  }

  /** Makes the sum the engine's accumulated gradient. */
  finish(): void {
    writeGradients(this.engine, this.total);
  }

  /** Gives the engine back what it had accumulated before. */
  undo(): void {
    writeGradients(this.engine, this.before);
  }
}
