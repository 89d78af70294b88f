import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkShapes } from './check-shapes.js';
import type { ConfigJson } from './config-json.js';
import type { Engine } from './engine.js';
import { loraTargets, validateLora, type LoraConfig, type LoraTarget } from './lora.js';
import { openSafetensors, writeSafetensors, type Tensor } from './safetensors.js';
import { writeFileAtomically } from './write-file-atomically.js';

const PREFIX = 'base_model.model.';

/**
 * Writes an engine's adapters as PEFT does, into an existing folder: `adapter_config.json` and
 * `adapter_model.safetensors`, the weights last. `peft.PeftModel.from_pretrained` loads them onto the same base.
 *
 * @param base name or folder of the base model, for those who load the adapter
 */
export async function saveAdapter(folder: string, engine: Engine, base: string | null = null): Promise<void> {
  const { lora } = engine;
  if (lora === null) throw new Error('the engine has no adapters to save: it was made without lora');
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: base,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: 0,
    use_rslora: lora.rankStabilised ?? false,
    target_modules: lora.targets,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    modules_to_save: null,
  };
  await writeFileAtomically(join(folder, 'adapter_config.json'), [`${JSON.stringify(config, null, 2)}\n`]);
  const tensors = new Map<string, Tensor>();
  for (const { name, shape } of engine.trainedParameters()) {
    tensors.set(`${PREFIX}${name}`, { shape, values: engine.readParameter(name) });
  }
  await writeSafetensors(join(folder, 'adapter_model.safetensors'), { tensors, metadata: { format: 'pt' } });
}

/**
 * Reads `adapter_config.json`, to make an engine with. `lora_dropout` is not looked at: it acts in training alone, and
 * this engine trains without. Throws an Error that names the key where the adapter is more than plain LoRA.
 */
export async function readAdapterConfig(folder: string): Promise<LoraConfig> {
  const path = join(folder, 'adapter_config.json');
  const text = await readFile(path, 'utf8');
  try {
    return adapterConfigFromJson(JSON.parse(text) as ConfigJson);
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function adapterConfigFromJson(json: ConfigJson): LoraConfig {
  const expect = (key: string, expected: unknown): void => {
    const found = json[key];
    if (found === undefined || found === null || JSON.stringify(found) === JSON.stringify(expected)) return;
    throw new Error(`${key}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
  };
  if (json.peft_type !== 'LORA') throw new Error(`peft_type: expected "LORA", found ${JSON.stringify(json.peft_type)}`);
  expect('bias', 'none');
  expect('use_dora', false);
  expect('fan_in_fan_out', false);
  expect('modules_to_save', []);
  expect('layers_to_transform', []);
  expect('rank_pattern', {});
  expect('alpha_pattern', {});
  const targets = json.target_modules;
  const known = (target: unknown): target is LoraTarget => loraTargets.some((name) => name === target);
  if (!Array.isArray(targets) || !targets.every(known)) {
    throw new Error(`target_modules: expected a list of ${loraTargets.join(', ')}, found ${JSON.stringify(targets)}`);
  }
  const config: LoraConfig = {
    rank: json.r as number,
    alpha: json.lora_alpha as number,
    // PEFT writes a set, in any order: ours is fixed, so that runs repeat.
    targets: loraTargets.filter((target) => targets.includes(target)),
    rankStabilised: json.use_rslora === true,
  };
  validateLora(config);
  return config;
}

/** Reads adapters into an engine made with their configuration. Throws an Error, changing nothing, when they do not fit. */
export async function loadAdapter(folder: string, engine: Engine): Promise<void> {
  const config = await readAdapterConfig(folder);
  const mine = engine.lora === null ? null : { ...engine.lora, rankStabilised: engine.lora.rankStabilised ?? false };
  const comparable = (lora: LoraConfig | null): string =>
    JSON.stringify(lora && [lora.rank, lora.alpha, [...lora.targets].sort(), lora.rankStabilised]);
  if (comparable(config) !== comparable(mine)) {
    throw new Error(
      `${join(folder, 'adapter_config.json')}: rank, alpha and targets are ${comparable(config)}, ` +
        `but the engine's are ${comparable(mine)}`,
    );
  }
  const path = join(folder, 'adapter_model.safetensors');
  await using file = await openSafetensors(path);
  const expected = new Map(engine.trainedParameters().map(({ name, shape }) => [`${PREFIX}${name}`, shape]));
  checkShapes({ path, shapes: file.shapes, fileOf: () => path }, expected);
  const values = new Map<string, Float32Array>();
  for (const name of expected.keys()) values.set(name, await file.read(name));
  for (const [name, tensor] of values) engine.writeParameter(name.slice(PREFIX.length), tensor);
}
