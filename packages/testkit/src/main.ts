#!/usr/bin/env node
import { runTestkit } from './run-testkit.js';

process.exitCode = await runTestkit(process.argv.slice(2), {
  folder: process.cwd(),
  write: (text) => void process.stdout.write(text),
  writeError: (text) => void process.stderr.write(text),
});
