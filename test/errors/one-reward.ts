/** A configuration with one reward; the place of its name; a list of allowed packages without it. */
export const used = (use: string, more = ''): string => `reward: { use: ${use}${more} }\nadvantage: { use: grpo }\n`;
export const tidy = used('turnwise-reward-tidy');
export const place = 'run.yaml:1:16';
export const nobody = 'plugins: { allow: [turnwise-reward-tiny] }\n';
