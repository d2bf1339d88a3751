/** IMAGE_SUBSYSTEM_EFI_APPLICATION, _BOOT_SERVICE_DRIVER, _RUNTIME_DRIVER and _ROM. */
const efiSubsystems: readonly number[] = [10, 11, 12, 13];

export const runsInFirmware = ({ subsystem }: { readonly subsystem: number }): boolean =>
  efiSubsystems.includes(subsystem);
