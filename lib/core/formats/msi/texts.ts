/** What an installer says of itself, under the names that facts and findings use. */
import type { MsiMetadata } from '../../generated/index.ts';
import type { FactName } from '../format.ts';
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

/** Properties of the product, and what the summary information says. */
export const factNames: readonly FactName[] = [
  { name: 'ProductName', words: 'Product name' },
  { name: 'ProductVersion', words: 'Product version' },
  { name: 'Manufacturer', words: 'Manufacturer' },
  { name: 'ProductCode', words: 'Product code' },
  { name: 'UpgradeCode', words: 'Upgrade code' },
  { name: 'Subject', words: 'Subject (summary)' },
  { name: 'Author', words: 'Author (summary)' },
  { name: 'Template', words: 'Platform and languages (summary)' },
  { name: 'Revision', words: 'Package code (summary)' },
];

/** Throws MsiError UNREADABLE. */
export async function readTexts({ file }: MsiPackage): Promise<MsiTexts> {
  const properties = await readProperties(file);
  const product = [...properties].filter(([name]) => productProperties.includes(name));
  return new Map([...product, ...(await readSummary(file))]);
}
