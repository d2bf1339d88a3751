/**
 * By content, never by name. Source: PE Format, "Characteristics", "Windows Subsystem", "The .edata Section";
 * ECMA-335 II.25.3.3, "CLI header"; "Control Panel Items" and "xlAutoOpen" (Microsoft).
 */
import { openPeImage, peDirectories, peDirectory, readPeAddress, type PeImage } from '../image.ts';
import type { PeLayout } from '../layout.ts';
import type { RandomAccessSource } from '../../random-access.ts';
import { exportsAny } from './exports.ts';

export interface PeKind {
  readonly kind: 'program' | 'library';
  /** Why, a sentence's end: `its header says that Windows starts it as a process`. */
  readonly because: string;
}

const dllFlag = 0x2000;
/** IMAGE_SUBSYSTEM_WINDOWS_GUI and _CUI; all others run in the kernel, in firmware or at boot. */
const windowsSubsystems: readonly number[] = [2, 3];
const otherSubsystems: Readonly<Record<number, string>> = {
  1: 'it runs in the kernel of Windows (a driver)',
  8: 'it runs in the kernel of Windows (a driver)',
  10: 'it runs in firmware (an EFI application)',
  11: 'it runs in firmware (an EFI driver)',
  12: 'it runs in firmware (an EFI driver)',
  13: 'it runs in firmware (an EFI image)',
  16: 'it runs at boot',
};
/** Exports by which Windows or Excel recognise a library that is opened like a program. */
const openedLibraries = new Map([
  ['CPlApplet', 'it is a control panel applet, which a double click opens'],
  ['xlAutoOpen', 'it is an Excel add-in, which a double click opens'],
]);

/**
 * Program with a layout that parsePe accepted → its kind. A library has the DLL flag, without which Windows loads
 * no library and with which it starts no process; runs in neither kernel nor firmware; is no applet or add-in; and as
 * a .NET assembly has no Main method. What can't be read counts as a program: a project that may only sign libraries must
 * not benefit from doubt. Reads at most a few megabytes.
 */
export async function readPeKind(source: RandomAccessSource, layout: PeLayout): Promise<PeKind> {
  const program = (because: string): PeKind => ({ kind: 'program', because });
  if (!windowsSubsystems.includes(layout.subsystem)) {
    return program(
      otherSubsystems[layout.subsystem] ?? `its subsystem is ${layout.subsystem}, which is no library's`,
    );
  }
  if ((layout.characteristics & dllFlag) === 0) {
    return program('its header says that Windows starts it as a process (no DLL flag)');
  }
  const image = await openPeImage(source, layout);
  const managed = await managedEntryPoint(image);
  if (managed !== null) return program(managed);
  const found = await exportsAny(image, openedLibraries);
  if (found !== null) return program(found);
  return { kind: 'library', because: 'its header has the DLL flag: other programs load it' };
}

const clrHeaderBytes = 24;
const nativeEntryPointFlag = 0x10;

/** `dotnet app.dll` runs an assembly whose CLI header names a Main method, whatever the DLL flag says. */
async function managedEntryPoint(image: PeImage): Promise<string | null> {
  const address = await peDirectory(image, peDirectories.clrHeader);
  if (address === 0) return null;
  const header = await readPeAddress(image, address, clrHeaderBytes);
  if (!(header instanceof DataView)) return `its .NET header can't be read: ${header.message}`;
  const isNative = (header.getUint32(16, true) & nativeEntryPointFlag) !== 0;
  return !isNative && header.getUint32(20, true) !== 0 ? 'it is a .NET application with a Main method' : null;
}
