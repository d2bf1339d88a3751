/**
 * Formats whose files contain other files, or bytes that can't be seen without unpacking or a key. `opener` is the reader of
 * ours that opens it; null: recognised, but not opened here.
 */
export type Opener =
  | 'zip'
  | 'tar'
  | 'gzip'
  | 'zstd'
  | 'zlib'
  | 'brotli'
  | 'xz'
  | 'bzip2'
  | 'ar'
  | 'asar'
  | 'cab'
  | 'cpio'
  | 'dotnet'
  | 'msi';

export interface Format {
  /** For use in a sentence, after "a" or "an". */
  readonly name: string;
  readonly opener: Opener | null;
  /** The content can only be read with a key or password. */
  readonly encrypted?: true;
}

const closed = (name: string): Format => ({ name, opener: null });
const secret = (name: string): Format => ({ name, opener: null, encrypted: true });

const formats = {
  zip: { name: 'zip archive', opener: 'zip' },
  tar: { name: 'tar archive', opener: 'tar' },
  gzip: { name: 'gzip file', opener: 'gzip' },
  zstd: { name: 'Zstandard file', opener: 'zstd' },
  zlib: { name: 'zlib stream', opener: 'zlib' },
  brotli: { name: 'Brotli stream', opener: 'brotli' },
  xz: { name: 'xz file', opener: 'xz' },
  bzip2: { name: 'bzip2 file', opener: 'bzip2' },
  ar: { name: 'ar archive', opener: 'ar' },
  asar: { name: 'asar archive (Electron)', opener: 'asar' },
  cab: { name: 'cabinet file', opener: 'cab' },
  cpio: { name: 'cpio archive', opener: 'cpio' },
  'dotnet-bundle': { name: '.NET single-file bundle', opener: 'dotnet' },
  msi: { name: 'file of Windows Installer (msi, msm, msp)', opener: 'msi' },

  'zip-entry': closed('zip entry without a directory'),
  'split-zip': closed('part of a split zip archive'),
  '7z': closed('7z archive'),
  rar: closed('RAR archive'),
  'installshield-cab': closed('InstallShield cabinet'),
  installshield: closed('InstallShield archive'),
  ole: closed('compound file (OLE: doc, xls, ppt, msg)'),
  onenote: closed('OneNote section'),
  chm: closed('compiled help file (chm)'),
  wim: closed('Windows image (wim, esd)'),
  szdd: closed('file of compress.exe (SZDD, KWAJ)'),
  tnef: closed('winmail.dat (TNEF)'),
  rpm: closed('RPM package'),
  lzma: closed('lzma file'),
  lzip: closed('lzip file'),
  lz4: closed('LZ4 file'),
  lzop: closed('lzop file'),
  compress: closed('file of compress (.Z)'),
  'early-gzip': closed('file of pack (.z) or of an early gzip'),
  'early-zstd': closed('file of an early Zstandard'),
  ppmd: closed('PPMd file'),
  uuencode: closed('uuencoded file'),
  warc: closed('web archive (WARC)'),
  'skippable-frame': closed('file that starts with a skippable frame (Zstandard, LZ4)'),
  lrzip: closed('lrzip or rzip file'),
  mozlz4: closed('mozLz4 file'),
  xar: closed('xar archive (macOS pkg)'),
  dmg: closed('macOS disk image (dmg)'),
  'apple-archive': closed('Apple Archive'),
  'binary-cpio': closed('cpio archive of the old binary form'),
  arj: closed('ARJ archive'),
  lzh: closed('LZH archive'),
  ace: closed('ACE archive'),
  zoo: closed('zoo archive'),
  alz: closed('ALZ or EGG archive'),
  stuffit: closed('StuffIt archive'),
  zpaq: closed('zpaq archive'),
  freearc: closed('FreeArc archive'),
  pack200: closed('Pack200 archive'),
  jimage: closed('Java runtime image (jimage)'),
  flash: closed('compressed Flash file'),
  iso: closed('ISO 9660 or UDF disk image'),
  squashfs: closed('SquashFS file system'),
  cramfs: closed('cramfs file system'),
  filesystem: closed('image of a file system'),
  'partitioned-disk': closed('image of a partitioned disk'),
  'virtual-disk': closed('virtual disk (vhd, vhdx, vmdk, vdi, qcow)'),
  nsis: closed('NSIS installer'),
  inno: closed('Inno Setup installer'),
  burn: closed('WiX Burn installer'),
  pyinstaller: closed('PyInstaller program'),
  'advanced-installer': closed('Advanced Installer program'),

  'encrypted-pdf': secret('encrypted PDF'),
  openpgp: secret('OpenPGP message'),
  age: secret('age file'),
  'cms-enveloped': secret('encrypted CMS message'),
  'cms-compressed': closed('compressed CMS message'),
  'openpgp-compressed': closed('compressed OpenPGP message'),
  'openssl-enc': secret('file of openssl enc'),
  'ansible-vault': secret('Ansible vault'),
  'aes-crypt': secret('file of AES Crypt'),
  keepass: secret('KeePass database'),
  luks: secret('LUKS or BitLocker volume'),
  'encrypted-dmg': secret('encrypted macOS disk image'),
} as const satisfies Record<string, Format>;

export type FormatId = keyof typeof formats;

/** Those without a reader of ours that another program opens, in a sandbox of its own, where the machine has both. */
export const unpackedElsewhere = ['nsis', '7z', 'inno'] as const satisfies readonly FormatId[];
export type UnpackedElsewhere = (typeof unpackedElsewhere)[number];
export const isUnpackedElsewhere = (id: FormatId): id is UnpackedElsewhere =>
  (unpackedElsewhere as readonly FormatId[]).includes(id);

/** A find: bytes from `start` up to `end` of the file are of this format; a bundle's `start` is that of its manifest. */
export interface Recognised {
  readonly format: FormatId;
  readonly start: number;
  readonly end: number;
  /** The format has no mark of its own: what doesn't unpack to the end isn't of that format. */
  readonly tentative?: true;
  /** Found by its end: other bytes may come before the first entry. */
  readonly behindOtherBytes?: true;
  /** A stream found by its header inside a file: anything may follow its end. */
  readonly isPart?: true;
}

export const formatOf = (id: FormatId): Format => formats[id];
