/** PowerShell's scripts, modules and data (ps1, psm1, psd1; ps1xml, psc1, cdxml, xaml; mof). */
import { scriptFormat } from '../script-text/index.ts';
import { powershell } from './kinds.ts';

export const powershellFormat = scriptFormat(powershell);
