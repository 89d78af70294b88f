import * as tf from '@tensorflow/tfjs';
import type { Engine } from '../engine.js';
import type { TransformerConfig } from '../transformer-config.js';

/** Keys and values of one layer, [batch, heads, time, headSize]. */
interface LayerCache {
  keys: tf.Tensor4D | null;
  values: tf.Tensor4D | null;
}

/**
 * The same model in plain TensorFlow.js, as one would write it without an engine of one's own: operations and automatic
 * gradients, batches of equally long sequences. For comparison only. Heads do not share keys.
 */
export class TfjsTransformer {
  private readonly config: TransformerConfig;
  private readonly weights = new Map<string, tf.Variable>();

  /** Copies an engine's weights; projections are kept transposed, [inputs, outputs]. */
  constructor(engine: Engine) {
    this.config = engine.config;
    for (const { name, shape } of engine.parameters()) {
      const tensor = tf.tensor(engine.readParameter(name), [...shape]);
      this.weights.set(name, tf.variable(name.includes('_proj') ? tf.transpose(tensor) : tensor));
    }
  }

  /** Mean negative log-probability of every token but the first of each of `count` sequences. */
  loss(tokens: Int32Array, count: number): tf.Scalar {
    const { vocabularySize, hiddenSize } = this.config;
    const time = tokens.length / count;
    const ids = tf.tensor2d(tokens, [count, time], 'int32');
    const hidden = this.hidden(this.embedded(ids), 0, null);
    const states = tf.slice(hidden, [0, 0, 0], [count, time - 1, hiddenSize]);
    const targets = tf.oneHot(tf.slice(ids, [0, 1], [count, time - 1]).reshape([-1]), vocabularySize);
    const logs = tf.logSoftmax(this.logits(states.reshape([-1, hiddenSize])));
    return tf.neg(tf.mean(tf.sum(tf.mul(targets, logs), 1)));
  }

  /** One step of Adam on `loss`; returns the loss before it. */
  trainStep(optimizer: tf.Optimizer, tokens: Int32Array, count: number): number {
    const loss = optimizer.minimize(() => this.loss(tokens, count), true);
    if (!loss) throw new Error('the optimizer returned no loss');
    const value = loss.dataSync()[0] ?? NaN;
    loss.dispose();
    return value;
  }

  /** Starts decoding `count` sequences side by side. */
  openDecoder(count: number): TfjsDecoder {
    return new TfjsDecoder(this, count, this.config);
  }

  /** Takes embedded tokens [batch, time, hiddenSize] at positions from `first` through all layers and the last norm. */
  hidden(embedded: tf.Tensor3D, first: number, caches: LayerCache[] | null): tf.Tensor3D {
    let x = embedded;
    for (let layer = 0; layer < this.config.layerCount; layer++) {
      x = tf.add(x, this.attention(layer, x, first, caches?.[layer] ?? null));
      const input = this.normed(x, `model.layers.${layer}.post_attention_layernorm.weight`);
      const gate = this.projected(input, layer, 'mlp.gate_proj');
      const activated = tf.mul(tf.mul(gate, tf.sigmoid(gate)), this.projected(input, layer, 'mlp.up_proj'));
      x = tf.add(x, this.projected(activated as tf.Tensor3D, layer, 'mlp.down_proj'));
    }
    return this.normed(x, 'model.norm.weight');
  }

  logits(states: tf.Tensor2D): tf.Tensor2D {
    return tf.matMul(states, this.weight('model.embed_tokens.weight'), false, true);
  }

  /** Mixed embeddings of ids [batch, time] and those before them, by a one-hot product: it has a gradient everywhere. */
  embedded(ids: tf.Tensor2D): tf.Tensor3D {
    const { vocabularySize, hiddenSize, shiftTaps } = this.config;
    const [batch, time] = ids.shape;
    const table = this.weight('model.embed_tokens.weight') as tf.Tensor2D;
    const rows = tf.matMul(tf.oneHot(ids.reshape([-1]), vocabularySize).cast<tf.Tensor2D>('float32'), table);
    const plain = rows.reshape<tf.Tensor3D>([batch, time, hiddenSize]);
    if (shiftTaps === 0) return plain;
    const taps = this.weight('model.shift_taps.weight') as tf.Tensor2D;
    let mixed: tf.Tensor3D = tf.mul(plain, tf.slice(taps, [0, 0], [1, hiddenSize]));
    for (let s = 1; s <= Math.min(shiftTaps, time - 1); s++) {
      const earlier = tf.pad(tf.slice(plain, [0, 0, 0], [batch, time - s, hiddenSize]), [
        [0, 0],
        [s, 0],
        [0, 0],
      ]);
      mixed = tf.add(mixed, tf.mul(earlier, tf.slice(taps, [s, 0], [1, hiddenSize])));
    }
    return mixed;
  }

  private attention(layer: number, x: tf.Tensor3D, first: number, cache: LayerCache | null): tf.Tensor3D {
    const { hiddenSize, headCount } = this.config;
    const [batch, time] = x.shape;
    const headSize = hiddenSize / headCount;
    const input = this.normed(x, `model.layers.${layer}.input_layernorm.weight`);
    const heads = (name: string): tf.Tensor4D => {
      const flat = this.projected(input, layer, name).reshape([batch, time, headCount, headSize]);
      return tf.transpose(flat as tf.Tensor4D, [0, 2, 1, 3]);
    };
    const queries = this.rotated(heads('self_attn.q_proj'), first);
    let keys = this.rotated(heads('self_attn.k_proj'), first);
    let values = heads('self_attn.v_proj');
    if (cache) {
      if (cache.keys && cache.values) {
        keys = tf.concat([cache.keys, keys], 2);
        values = tf.concat([cache.values, values], 2);
      }
      cache.keys?.dispose();
      cache.values?.dispose();
      [cache.keys, cache.values] = [tf.keep(keys), tf.keep(values)];
    }
    let scores = tf.mul(tf.matMul(queries, keys, false, true), 1 / Math.sqrt(headSize));
    if (time > 1) scores = tf.add(scores, causalMask(time, first));
    const attended = tf.transpose(tf.matMul(tf.softmax(scores), values), [0, 2, 1, 3]);
    return this.projected(attended.reshape<tf.Tensor3D>([batch, time, hiddenSize]), layer, 'self_attn.o_proj');
  }

  private rotated(x: tf.Tensor4D, first: number): tf.Tensor4D {
    const [batch, heads, time, headSize] = x.shape;
    const half = headSize / 2;
    const angles = Float32Array.from({ length: time * half }, (_, i) => {
      return (first + Math.floor(i / half)) * this.config.ropeTheta ** (-(i % half) / half);
    });
    const [cosines, sines] = [angles.map(Math.cos), angles.map(Math.sin)].map((v) => tf.tensor2d(v, [time, half])) as [
      tf.Tensor2D,
      tf.Tensor2D,
    ];
    const low = tf.slice(x, [0, 0, 0, 0], [batch, heads, time, half]);
    const high = tf.slice(x, [0, 0, 0, half], [batch, heads, time, half]);
    const turnedLow = tf.sub(tf.mul(low, cosines), tf.mul(high, sines));
    return tf.concat([turnedLow, tf.add(tf.mul(high, cosines), tf.mul(low, sines))], 3) as tf.Tensor4D;
  }

  private normed(x: tf.Tensor3D, name: string): tf.Tensor3D {
    const root = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), this.config.rmsNormEpsilon));
    return tf.mul(tf.mul(x, root), this.weight(name));
  }

  private projected(x: tf.Tensor3D, layer: number, name: string): tf.Tensor3D {
    const [batch, time, size] = x.shape;
    const w = this.weight(`model.layers.${layer}.${name}.weight`) as tf.Tensor2D;
    return tf.matMul(x.reshape<tf.Tensor2D>([batch * time, size]), w).reshape([batch, time, -1]);
  }

  private weight(name: string): tf.Tensor {
    const weight = this.weights.get(name);
    if (!weight) throw new Error(`no weight '${name}'`);
    return weight;
  }
}

/** Decoding with cached keys and values, concatenated at each step. */
export class TfjsDecoder {
  private readonly caches: LayerCache[];
  private readonly tokens: number[][];

  constructor(
    private readonly model: TfjsTransformer,
    count: number,
    private readonly config: TransformerConfig,
  ) {
    this.caches = Array.from({ length: config.layerCount }, () => ({ keys: null, values: null }));
    this.tokens = Array.from({ length: count }, () => []);
  }

  /** Appends equally many tokens to every sequence and returns logits [sequences, vocabularySize] at the last ones. */
  extend(added: readonly (readonly number[])[]): Float32Array {
    const logits = tf.tidy(() => {
      const first = this.tokens[0]?.length ?? 0;
      const history = Math.min(first, this.config.shiftTaps);
      const time = added[0]?.length ?? 0;
      const ids = tf.tensor2d(this.tokens.map((tokens, s) => [...tokens.slice(first - history), ...(added[s] ?? [])]));
      const mixed = this.model.embedded(ids.cast('int32'));
      const embedded = tf.slice(mixed, [0, history, 0], [this.tokens.length, time, this.config.hiddenSize]);
      const hidden = this.model.hidden(embedded, first, this.caches);
      const last = tf.slice(hidden, [0, time - 1, 0], [this.tokens.length, 1, this.config.hiddenSize]);
      return this.model.logits(last.reshape([this.tokens.length, this.config.hiddenSize]));
    });
    this.tokens.forEach((tokens, s) => tokens.push(...(added[s] ?? [])));
    const values = logits.dataSync() as Float32Array;
    logits.dispose();
    return values;
  }
}

/** 0 where a query sees a key, -1e9 where it does not: [time, first + time]. */
function causalMask(time: number, first: number): tf.Tensor2D {
  const width = first + time;
  const seen = (i: number): boolean => i % width <= first + Math.floor(i / width);
  return tf.tensor2d(
    Float32Array.from({ length: time * width }, (_, i) => (seen(i) ? 0 : -1e9)),
    [time, width],
  );
}
