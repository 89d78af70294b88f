/** Whether a plugin name is a file and not a package or built-in id. */
export function isFilePlugin(use: string): boolean {
  return /^\.{0,2}\//.test(use) || /^[a-zA-Z]:[\\/]/.test(use);
}

/** Whether a plugin name is an installed package: nothing else is ever looked for in node_modules. */
export function isPackageName(use: string): boolean {
  return use.startsWith('@') || use.startsWith('turnwise-');
}

/** Whether npm would take the name: no folder inside or beside a package, no version, no upper case. */
export function isWholePackageName(name: string): boolean {
  return name.length <= 214 && /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/.test(name);
}
