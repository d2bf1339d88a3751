/** Kinds of signed files, determined by content, and which of them a foundation's programs sign. */
export {
  fileKinds,
  kindByContent,
  kindUnderName,
  kindWords,
  maySign,
  programPhrase,
  type FileKind,
  type ToldKind,
} from './file-kind.ts';
