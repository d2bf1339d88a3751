/** Programs that Windows loads only with a signature that Microsoft alone can make. Signed here all the same: Microsoft asks for that, too. */
import { info, type Finding } from '../../wire/finding/index.ts';
import type { PeLayout } from './layout.ts';

/** IMAGE_DLLCHARACTERISTICS_FORCE_INTEGRITY: `/INTEGRITYCHECK` of the linker. */
const forceIntegrity = 0x80;
/** IMAGE_SUBSYSTEM_NATIVE. */
const native = 1;

export function askedOfMicrosoft(
  { subsystem, dllCharacteristics }: PeLayout,
  about: Pick<Finding, 'path' | 'sha256'>,
): readonly Finding[] {
  const rule = 'pe.microsoft-signature';
  const expected = 'a signature of Microsoft besides the one made here';
  if (subsystem === native) {
    const message =
      'This is a driver: Windows 10 and later load it in their kernel only with a signature of Microsoft. Submit the signed driver to Microsoft’s Hardware Developer Center; its portal adds the signature.';
    return [info({ rule, message, expected, found: 'subsystem 1 (native)', ...about })];
  }
  if ((dllCharacteristics & forceIntegrity) === 0) return [];
  const message =
    'The program was linked with /INTEGRITYCHECK: Windows checks its signature whenever it is loaded, and accepts none but such as Microsoft’s signing service makes. Link without it, unless the program is loaded by protected processes.';
  return [info({ rule, message, expected, found: 'DllCharacteristics 0x80', ...about })];
}
