import type { Tensor, Tensor1D, Tensor2D, Tensor4D, TensorFlow } from './tensorflow.js';

/**
 * Differentiable operations with gradients of our own. TensorFlow.js's own gradient of a product uses the transpose
 * flags, which leave the fast path of its WebAssembly backend, and its gradient of a gather needs a kernel that backend
 * lacks; here every product is plain, and whole-layer operations are differentiated as one.
 */
export class Operations {
  /** The WebAssembly backend lacks this kernel, and the one in JavaScript looks through all rows for each segment. */
  private readonly hasSegmentSum: boolean;

  constructor(readonly tf: TensorFlow) {
    const backend = tf.getBackend();
    this.hasSegmentSum = backend !== 'cpu' && (tf.getKernel('UnsortedSegmentSum', backend) as unknown) !== undefined;
  }

  /** x W^T for x [rows, inputs] and W [outputs, inputs], as checkpoints keep projections. */
  project(x: Tensor2D, weight: Tensor): Tensor2D {
    const { tf } = this;
    const product = tf.customGrad((...inputs: unknown[]) => {
      const [states, matrix, save] = inputs as [Tensor2D, Tensor2D, (tensors: Tensor[]) => void];
      save([states, matrix]);
      return {
        value: tf.matMul(states, tf.transpose(matrix)),
        gradFunc: (dy: Tensor, saved: Tensor[]) => {
          const [kept, kernel] = saved as [Tensor2D, Tensor2D];
          return [tf.matMul(dy, kernel), tf.matMul(tf.transpose(dy as Tensor2D), kept)];
        },
      };
    });
    return product(x, weight) as Tensor2D;
  }

  /** The same for a matrix that stays as it is: no gradient of it is computed. */
  projectFrozen(x: Tensor2D, weight: Tensor): Tensor2D {
    const { tf } = this;
    const product = tf.customGrad((...inputs: unknown[]) => {
      const [states, save] = inputs as [Tensor2D, (tensors: Tensor[]) => void];
      save([weight]);
      return {
        value: tf.matMul(states, tf.transpose(weight as Tensor2D)),
        gradFunc: (dy: Tensor, saved: Tensor[]) => tf.matMul(dy, saved[0] as Tensor2D),
      };
    });
    return product(x) as Tensor2D;
  }

  /** Rows of a table [rows, width] by index; the gradient adds up what fell on each row. */
  gatherRows(table: Tensor, indices: Tensor1D): Tensor2D {
    const { tf } = this;
    const gather = tf.customGrad((...inputs: unknown[]) => {
      const [rows, save] = inputs as [Tensor2D, (tensors: Tensor[]) => void];
      const [count] = rows.shape;
      // Saved, because what is made in a forward pass is gone by the time of the backward pass.
      save([indices]);
      return {
        value: tf.gather(rows, indices),
        gradFunc: (dy: Tensor, saved: Tensor[]) => {
          const [ids] = saved as [Tensor1D];
          if (this.hasSegmentSum) return tf.unsortedSegmentSum(dy as Tensor2D, ids, count);
          return tf.matMul(tf.transpose(tf.oneHot(ids, count).cast<Tensor2D>('float32')), dy);
        },
      };
    });
    return gather(table);
  }

  /**
   * softmax(q k^T scale + mask) v over [batch, key-value heads, rows, headSize]; the query heads that share keys are laid
   * one after the other in the rows. `mask` [batch or 1, 1, rows, keys] holds 0 where a query sees a key and a large
   * negative number where it does not.
   */
  attend(queries: Tensor4D, keys: Tensor4D, values: Tensor4D, mask: Tensor4D, scale: number): Tensor4D {
    const { tf } = this;
    const flipped = (x: Tensor): Tensor4D => tf.transpose(x as Tensor4D, [0, 1, 3, 2]);
    const attention = tf.customGrad((...inputs: unknown[]) => {
      const [q, k, v, save] = inputs as [Tensor4D, Tensor4D, Tensor4D, (tensors: Tensor[]) => void];
      const weights = tf.softmax<Tensor4D>(tf.add(tf.mul(tf.matMul(q, flipped(k)), scale), mask));
      save([q, k, v, weights]);
      return {
        value: tf.matMul(weights, v),
        gradFunc: (dy: Tensor, saved: Tensor[]) => {
          const [sq, sk, sv, p] = saved as [Tensor4D, Tensor4D, Tensor4D, Tensor4D];
          const dWeights = tf.matMul(dy, flipped(sv));
          const centred = tf.sub(dWeights, tf.sum(tf.mul(dWeights, p), -1, true));
          const dScores = tf.mul<Tensor4D>(tf.mul(p, centred), scale);
          return [tf.matMul(dScores, sk), tf.matMul(flipped(dScores), sq), tf.matMul(flipped(p), dy)];
        },
      };
    });
    return attention(queries, keys, values) as Tensor4D;
  }
}
