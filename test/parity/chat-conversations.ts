import { readFileSync } from 'node:fs';
import { ChatFormat, compileChatTemplate, loadTokenizer, type ObservationPlace } from '@turnwise/engine';

/** The engine's side of `chat_templates.py`: a list of commands on standard input, a list of results on output. */
interface Command {
  readonly template: string;
  readonly specialTokens: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly observations: ObservationPlace;
  readonly system?: string;
  readonly prompt: string;
  /** What the model writes, turn by turn, and what comes back after each turn but the last. */
  readonly outputs: readonly string[];
  readonly replies: readonly string[];
  /** A tokenizer.json, to compare ids. */
  readonly tokenizer: string;
}

const commands = JSON.parse(readFileSync(0, 'utf8')) as readonly Command[];
process.stdout.write(JSON.stringify(commands.map(attempt)));

function attempt(command: Command): object {
  try {
    return conversation(command);
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

function conversation({ template, specialTokens, variables, observations, system, ...command }: Command): object {
  const chat = new ChatFormat({
    template: compileChatTemplate(template, specialTokens, variables),
    observations,
    system,
  });
  const opening = chat.open(command.prompt);
  const pieces = command.outputs.flatMap((output, turn) => {
    const reply = command.replies[turn];
    return reply === undefined ? [output] : [output, chat.reply(reply)];
  });
  const tokenizer = loadTokenizer(command.tokenizer);
  return { opening, openingIds: tokenizer.encode(opening), whole: opening + pieces.join(''), rewrites: chat.rewrites };
}
