/** Scripts of Windows Script Host (js, vbs, wsf). */
import { scriptFormat } from '../script-text/index.ts';
import { windowsScript } from './kinds.ts';

export const windowsScriptFormat = scriptFormat(windowsScript);
