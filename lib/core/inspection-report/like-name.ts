/**
 * A name with what changes from release to release taken out, so that files of two releases are told to be the same one: versions
 * (`widget-1.4.0-rc.2/`), dates and numbers of builds (`20261129`), and digests (`main.3f2a9c41.js`). A number that may be part of a name
 * (`lib2.dll`, `x86_64`) stays.
 */
const version =
  /(?<=^|[-_./ +(]|[-_./ +(]v)v?\d+(?:[._]\d+)+(?:[-_.+]?(?:alpha|beta|rc|pre|preview|dev|snapshot|nightly|post|build)[-_.]?\d*)*(?=$|[-_./ +)]|\.[a-z])/gi;
const longNumber = /(?<=^|[-_./ +(])\d{6,}(?=$|[-_./ +)])/g;
const hexDigest = /(?<=^|[-_./ +(])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}(?=$|[-_./ +)])/gi;

export function likeName(name: string): string {
  return name.replaceAll(version, '*').replaceAll(hexDigest, '*').replaceAll(longNumber, '*');
}
