/** XML of strangers, read strictly. */
export { readXml, XmlError, type XmlElement } from './read-xml.ts';
