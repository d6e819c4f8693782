/** The checks as the manual lists them, made of the catalogue. */
import { TEXTS } from './catalogue.js';

/** What a check's text says where a value is filled in. */
const VALUE = '…';

/** Kinds with an end of their own: what is left to do after the remedy. */
const AGAIN = 'webhook.deliveries.again';

const GROUPS = [
  ['settings', 'Settings'],
  ['server', 'Server'],
  ['key', 'API key'],
  ['store', 'Store'],
  ['webhook', 'Webhook'],
  ['callback', 'The shop’s own address'],
  ['host', 'This machine'],
];

/** Every check by its part, with each finding in the words of the catalogue. */
export function checksOfManual() {
  const kinds = [...TEXTS.keys()].filter((key) => key.endsWith('.title')).map((key) => key.slice(0, -'.title'.length));
  const sections = GROUPS.map(([group = '', name]) => {
    const own = kinds.filter((kind) => kind.split('.')[0] === group);
    const rows = own.flatMap((kind) => rowsOf(kind));
    return [`### ${name}`, '', '| check | found | what it means | what to do |', '| --- | --- | --- | --- |', ...rows];
  });
  return sections.map((lines) => lines.join('\n')).join('\n\n');
}

/** @param {string} kind */
function rowsOf(kind) {
  const own = [...TEXTS].filter(([key]) => key.startsWith(`${kind}.`) && key !== AGAIN);
  const found = [...new Set(own.map(([key]) => key.slice(kind.length + 1).split('.')[0]))].filter(
    (one) => one !== 'title',
  );
  return found.map((one, at) => {
    const meaning = TEXTS.get(`${kind}.${one}`) ?? TEXTS.get(`${kind}.${one}.meaning`);
    const remedy = TEXTS.get(`${kind}.${one}.remedy`) ?? '';
    const cells = [
      at === 0 ? `**${told(TEXTS.get(`${kind}.title`))}** \`${kind}\`` : '',
      `\`${one}\``,
      told(meaning),
      told(remedy),
    ];
    return `| ${cells.join(' | ')} |`.replace(/ {2,}/g, ' ');
  });
}

/** @param {string | undefined} text */
const told = (text = '') => text.replace(/\{\w+\}/g, VALUE);
