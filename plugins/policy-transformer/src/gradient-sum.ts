import type { Engine } from '@turnwise/engine';
import { flatLength, readGradients, writeGradients } from './flat-parameters.js';

/**
 * Adds up the gradients of micro-batches, each computed from zero, one after the other in their order. So the sum has
 * the same bits whoever computed the parts, and a part enters it whole or not at all: the engine's own gradient stays as
 * it is until `finish`. One serves update after update, because taking memory anew costs more than adding in it.
 */
export class GradientSum {
  private readonly total: Float32Array;

  constructor(private readonly engine: Engine) {
    this.total = new Float32Array(flatLength(engine.trainedParameters()));
  }

  /** Starts from what the engine has accumulated before. */
  begin(): void {
    readGradients(this.engine, this.total);
  }

  add(gradients: Float32Array): void {
    const { total } = this;
    for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (gradients[i] as number);
  }

  /** Makes the sum the engine's accumulated gradient. */
  finish(): void {
    writeGradients(this.engine, this.total);
  }
}
