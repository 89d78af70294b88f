#!/usr/bin/env node
import { runCreatePlugin } from './run.js';

process.exitCode = await runCreatePlugin(process.argv.slice(2), {
  interactive: process.stdin.isTTY && process.stdout.isTTY,
  folder: process.cwd(),
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
});
