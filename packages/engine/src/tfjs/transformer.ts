import { ropeFrequencies } from '../rope-frequencies.js';
import type { TransformerConfig } from '../transformer-config.js';
import { Operations } from './operations.js';
import type { Tensor, Tensor2D, Tensor4D, TensorFlow, Variable } from './tensorflow.js';

/** Keys and values of the tokens that were computed before: [batch, key-value heads, columns, headSize] a layer. */
export interface CachedLayer {
  readonly keys: Tensor4D;
  readonly values: Tensor4D;
}

/** A rectangle of tokens, `rows` by `columns`; what pads it is never seen by what is wanted. */
export interface TokenGrid {
  readonly rows: number;
  readonly columns: number;
  /** Token ids [rows * columns]. */
  readonly tokens: Int32Array;
  /** Token `s` places before each, for s from 1 to shiftTaps: [shiftTaps][rows * columns]; -1 where there is none. */
  readonly earlier: readonly Int32Array[];
  /** Position of each token in its sequence: [rows * columns]. */
  readonly positions: Int32Array;
  /** 0 or a large negative number: [rows or 1, 1, columns, cached columns + columns]. */
  readonly mask: { readonly rows: number; readonly width: number; readonly values: Float32Array };
}

/** What hides a key from a query: far below any score, and finite, so that rows of padding stay numbers. */
export const hidden = -1e9;

/** Adapters on frozen weights: `<projection>.lora_A.weight` [rank, inputs] and `lora_B` [outputs, rank]. */
export interface TfjsAdapters {
  readonly weights: ReadonlyMap<string, Variable>;
  readonly scale: number;
}

/** The model in TensorFlow.js operations, differentiable with respect to its weights or its adapters. */
export class TfjsTransformer {
  private readonly operations: Operations;
  /** Swaps the halves of a head and negates the second: the part of a rotation that sines multiply. */
  private readonly swap: Tensor2D;
  private readonly frequencies: Float64Array;

  constructor(
    private readonly tf: TensorFlow,
    private readonly config: TransformerConfig,
    private readonly weights: ReadonlyMap<string, Variable>,
    private readonly adapters: TfjsAdapters | null = null,
  ) {
    this.operations = new Operations(tf);
    this.frequencies = ropeFrequencies(config);
    this.swap = tf.keep(this.swapMatrix());
  }

  dispose(): void {
    this.swap.dispose();
  }

  /**
   * Hidden states [rows * columns, hiddenSize] after the last norm. Keys and values of the new tokens are appended to
   * those in `cache` and handed to `remember`, layer by layer.
   */
  states(
    grid: TokenGrid,
    cache: readonly CachedLayer[] | null,
    remember: (layer: number, cached: CachedLayer) => void = () => undefined,
  ): Tensor2D {
    const { tf, config } = this;
    const { cosines, sines } = this.rotation(grid);
    const { rows: maskRows, width, values } = grid.mask;
    const group = config.headCount / config.keyValueHeadCount;
    const plainMask = tf.tensor4d(values, [maskRows, 1, grid.columns, width]);
    // The query heads that share keys are laid one after the other, and each sees the same keys.
    const mask = group === 1 ? plainMask : tf.tile(plainMask, [1, 1, group, 1]);
    let x = this.embedded(grid);
    for (let layer = 0; layer < config.layerCount; layer++) {
      const prefix = `model.layers.${layer}`;
      const input = this.normed(x, `${prefix}.input_layernorm.weight`);
      const heads = (name: string, count: number): Tensor4D =>
        tf.transpose(
          this.projected(input, `${prefix}.self_attn.${name}`).reshape<Tensor4D>([
            grid.rows,
            grid.columns,
            count,
            config.headSize,
          ]),
          [0, 2, 1, 3],
        );
      const queries = this.turned(heads('q_proj', config.headCount), `${prefix}.self_attn.q_norm`, cosines, sines);
      const own = {
        keys: this.turned(heads('k_proj', config.keyValueHeadCount), `${prefix}.self_attn.k_norm`, cosines, sines),
        values: heads('v_proj', config.keyValueHeadCount),
      };
      const before = cache?.[layer];
      const all = before
        ? { keys: tf.concat([before.keys, own.keys], 2), values: tf.concat([before.values, own.values], 2) }
        : own;
      remember(layer, all);
      const shared = queries.reshape<Tensor4D>([
        grid.rows,
        config.keyValueHeadCount,
        group * grid.columns,
        config.headSize,
      ]);
      const attended = this.operations
        .attend(shared, all.keys, all.values, mask, 1 / Math.sqrt(config.headSize))
        .reshape<Tensor4D>([grid.rows, config.headCount, grid.columns, config.headSize]);
      const merged = tf.transpose(attended, [0, 2, 1, 3]).reshape<Tensor2D>([grid.rows * grid.columns, -1]);
      x = tf.add(x, this.projected(merged, `${prefix}.self_attn.o_proj`));
      const inner = this.normed(x, `${prefix}.post_attention_layernorm.weight`);
      const gate = this.projected(inner, `${prefix}.mlp.gate_proj`);
      const activated = tf.mul(tf.mul(gate, tf.sigmoid(gate)), this.projected(inner, `${prefix}.mlp.up_proj`));
      x = tf.add(x, this.projected(activated as Tensor2D, `${prefix}.mlp.down_proj`));
    }
    return this.normed(x, 'model.norm.weight');
  }

  /** Some rows of `states`, gathered. */
  rows(states: Tensor2D, indices: Int32Array): Tensor2D {
    return this.operations.gatherRows(states, this.tf.tensor1d(indices, 'int32'));
  }

  /** Logits [rows, vocabularySize]. */
  logits(states: Tensor2D): Tensor2D {
    const head = this.config.tiedEmbedding ? 'model.embed_tokens.weight' : 'lm_head.weight';
    return this.product(states, this.weight(head));
  }

  private embedded({ tokens, earlier }: TokenGrid): Tensor2D {
    const { tf, operations } = this;
    const table = this.weight('model.embed_tokens.weight');
    const plain = operations.gatherRows(table, tf.tensor1d(tokens, 'int32'));
    if (this.config.shiftTaps === 0) return plain;
    const taps = this.weight('model.shift_taps.weight');
    const tap = (s: number): Tensor2D => operations.gatherRows(taps, tf.tensor1d([s], 'int32'));
    let mixed = tf.mul<Tensor2D>(plain, tap(0));
    earlier.forEach((ids, index) => {
      const present = tf.tensor2d(
        Float32Array.from(ids, (id) => (id < 0 ? 0 : 1)),
        [ids.length, 1],
      );
      const shifted = operations.gatherRows(
        table,
        tf.tensor1d(
          ids.map((id) => Math.max(0, id)),
          'int32',
        ),
      );
      mixed = tf.add(mixed, tf.mul(tf.mul(shifted, present), tap(index + 1)));
    });
    return mixed;
  }

  private projected(x: Tensor2D, name: string): Tensor2D {
    const product = this.adapted(x, name, this.product(x, this.weight(`${name}.weight`)));
    const bias = this.weights.get(`${name}.bias`);
    return bias ? this.tf.add(product, bias) : product;
  }

  /** x W^T; a model with adapters has frozen weights. */
  private product(x: Tensor2D, weight: Tensor): Tensor2D {
    return this.adapters === null ? this.operations.project(x, weight) : this.operations.projectFrozen(x, weight);
  }

  /** product + scale (x A^T) B^T where the projection has adapters. */
  private adapted(x: Tensor2D, name: string, product: Tensor2D): Tensor2D {
    const { tf, operations, adapters } = this;
    const a = adapters?.weights.get(`${name}.lora_A.weight`);
    const b = adapters?.weights.get(`${name}.lora_B.weight`);
    if (!adapters || !a || !b) return product;
    return tf.add(product, tf.mul(operations.project(operations.project(x, a), b), adapters.scale));
  }

  private normed<Shaped extends Tensor>(x: Shaped, name: string): Shaped {
    const { tf } = this;
    const root = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), this.config.rmsNormEpsilon));
    return tf.mul(tf.mul(x, root), this.weight(name));
  }

  /** Heads [rows, heads, columns, headSize], normed when the model does, and rotated by their positions. */
  private turned(x: Tensor4D, norm: string, cosines: Tensor4D, sines: Tensor4D): Tensor4D {
    const { tf, operations } = this;
    const { headSize, queryKeyNorm } = this.config;
    const heads = queryKeyNorm ? this.normed(x, `${norm}.weight`) : x;
    // A product with a constant matrix: slices would read their whole source back on the WebAssembly backend.
    const swapped = operations.projectFrozen(heads.reshape<Tensor2D>([-1, headSize]), this.swap).reshape(x.shape);
    return tf.add(tf.mul(heads, cosines), tf.mul(swapped, sines));
  }

  /** Cosines and sines [rows, 1, columns, headSize], each half alike. */
  private rotation({ rows, columns, positions }: TokenGrid): { cosines: Tensor4D; sines: Tensor4D } {
    const { headSize } = this.config;
    const half = headSize / 2;
    const angles = Float64Array.from(
      { length: rows * columns * headSize },
      (_, i) => (positions[Math.floor(i / headSize)] ?? 0) * (this.frequencies[(i % headSize) % half] ?? 0),
    );
    const tensor = (of: (angle: number) => number): Tensor4D =>
      this.tf.tensor4d(Float32Array.from(angles, of), [rows, 1, columns, headSize]);
    return { cosines: tensor(Math.cos), sines: tensor(Math.sin) };
  }

  /** S with x S^T = (-second half, first half). */
  private swapMatrix(): Tensor2D {
    const { headSize } = this.config;
    const half = headSize / 2;
    const values = new Float32Array(headSize * headSize);
    for (let i = 0; i < half; i++) {
      values[i * headSize + i + half] = -1;
      values[(i + half) * headSize + i] = 1;
    }
    return this.tf.tensor2d(values, [headSize, headSize]);
  }

  private weight(name: string): Tensor {
    const weight = this.weights.get(name);
    if (!weight) throw new Error(`no weight '${name}'`);
    return weight;
  }
}
