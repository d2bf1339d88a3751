/** The signer's trust anchors: pinned trust roots, and the certificates of its own keys. */
export { begunWith, isAnnouncedFor, isInUse, newestOf } from './choose-key.ts';
export { loadCertificates, openKeyRing, type KeyRing, type SigningKey } from './signing-keys.ts';
export { installedRoots } from './trust-roots.ts';
