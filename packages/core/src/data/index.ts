export { fileDigest } from './file-digest.js';
export { parseTranscript } from './parse-transcript.js';
export { excerpt, printable } from './printable.js';
export { readCorpus } from './read-corpus.js';
export { readGroups } from './read-groups.js';
export { readLines, type Line } from './read-lines.js';
export { readQuestions, type ReadQuestionsOptions } from './read-questions.js';
export { joinContents, splitContents } from './split-contents.js';
