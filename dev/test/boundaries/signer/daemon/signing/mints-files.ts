// breaks file-grants-minted-in-one-file
export { grant } from '../../keyholder/grant/file.ts';
