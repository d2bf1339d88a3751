const lengthMax = 500;

/** The file's name in Content-Disposition (RFC 6266), the extended form first; null: there is none that can be read. */
export function dispositionName(header: string | undefined): string | null {
  if (header === undefined || header.length > lengthMax) return null;
  const extended = /;\s*filename\*\s*=\s*UTF-8''([\w!#$&+.^`|~%-]+)/i.exec(header)?.[1];
  if (extended !== undefined) {
    try {
      return decodeURIComponent(extended);
    } catch {
      return null;
    }
  }
  const plain = /;\s*filename\s*=\s*(?:"([^"\\]*)"|([^\s;"]+))/i.exec(header);
  return plain?.[1] ?? plain?.[2] ?? null;
}
