/**
 * Recorded text made harmless to look at: control characters, escape sequences among them, and characters that turn the
 * direction of what follows are shown as what they are. The framework escapes markup.
 */
export function plain(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)))
    .replace(/[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (hidden) => {
      const code = hidden.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
      return `\u27e8U+${code}\u27e9`;
    });
}
