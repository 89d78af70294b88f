#!/usr/bin/env node
import { runCommandLine } from './command-line.js';
import { processTerminal } from './terminal.js';

const code = await runCommandLine(process.argv.slice(2), processTerminal());
process.exitCode = code;
// Everything is done and written: a signal that comes now ends the process as it would have ended.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(code));
