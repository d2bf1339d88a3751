/** What an installer says of itself, under the names that facts and findings use. */
import type { MsiMetadata } from '../../generated/index.ts';
import { readProperties, productProperties } from './property-table.ts';
import { readSummary } from './summary.ts';
import type { MsiPackage } from './package.ts';

export type MsiTexts = ReadonlyMap<string, string>;

/** Keys of a configuration → names of properties, or of what the summary information says. */
export const textNames: Readonly<Record<keyof MsiMetadata, string>> = {
  productName: 'ProductName',
  productVersion: 'ProductVersion',
  manufacturer: 'Manufacturer',
  productCode: 'ProductCode',
  upgradeCode: 'UpgradeCode',
  subject: 'Subject',
  author: 'Author',
};

/** Throws MsiError UNREADABLE. */
export async function readTexts({ file }: MsiPackage): Promise<MsiTexts> {
  const properties = await readProperties(file);
  const product = [...properties].filter(([name]) => productProperties.includes(name));
  return new Map([...product, ...(await readSummary(file))]);
}
