/** Whether a plugin name is a file and not a package or built-in id. */
export function isFilePlugin(use: string): boolean {
  return /^\.{0,2}\//.test(use) || /^[a-zA-Z]:[\\/]/.test(use);
}

/** Whether a plugin name is an installed package: nothing else is ever looked for in node_modules. */
export function isPackageName(use: string): boolean {
  return use.startsWith('@') || use.startsWith('turnwise-');
}
