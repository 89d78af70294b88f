import { answerOrSearch, ladder } from './decision-process.js';
import { expectedUpdate, trueGradient } from './expected-update.js';
import { methods } from './methods.js';

/** Prints the tables of docs/credit/stop-time-bias.md as Markdown; every number is an exact expectation. */
function main(): void {
  const print = (text: string): boolean => process.stdout.write(`${text}\n`);
  const minimal = answerOrSearch();
  const number = (value: number, digits = 4): string => (Math.abs(value) < 5e-13 ? 0 : value).toFixed(digits);
  print('| estimator | search push, G 2 / 4 / 8 | reading push, G 2 / 4 / 8 |\n| --- | --- | --- |');
  for (const [name, method] of Object.entries(methods)) {
    const updates = [2, 4, 8].map((groupSize) => expectedUpdate(minimal, method, groupSize));
    const column = (parameter: number): string => updates.map((update) => number(update[parameter] ?? NaN)).join(' / ');
    print(`| ${name} | ${column(0)} | ${column(1)} |`);
  }

  const long = ladder();
  const truth = trueGradient(long);
  const dot = (left: readonly number[], right: readonly number[]): number =>
    left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
  print(`\ntruth: ${long.parameters.map((name, index) => `${name} ${number(truth[index] ?? NaN)}`).join(', ')}\n`);
  print(
    '| estimator | size | cosine | search 0 | search 1 | search 1 after gold | read |\n| --- | --- | --- | --- | --- | --- | --- |',
  );
  for (const [name, method] of Object.entries(methods)) {
    const update = expectedUpdate(long, method, 4);
    const size = dot(update, truth) / dot(truth, truth);
    const cosine = dot(update, truth) / Math.sqrt(dot(update, update) * dot(truth, truth));
    const scaled = [0, 1, 2, 5].map((parameter) => number((update[parameter] ?? NaN) / size));
    print(`| ${name} | ${number(size, 2)} | ${number(cosine)} | ${scaled.join(' | ')} |`);
  }
}

main();
