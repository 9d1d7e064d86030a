import type { PhonemeName } from './phonemes';

type Rule = readonly [pattern: RegExp, sounds: string];

const rule = (pattern: string, sounds: string): Rule => [new RegExp(pattern, 'y'), sounds];

// Words that the rules below would read wrongly.
const WORDS: Record<string, string> = {
  a: 'AX', i: 'AA IY', the: 'DH AX', to: 'T UW', of: 'AX V', is: 'IH Z', was: 'W AH Z', you: 'Y UW', your: 'Y AO R',
  are: 'AA R', have: 'HH AE V', one: 'W AH N', two: 'T UW', who: 'HH UW', do: 'D UW', we: 'W IY', he: 'HH IY',
  she: 'SH IY', be: 'B IY', me: 'M IY', come: 'K AH M', some: 'S AH M', love: 'L AH V', said: 'S EH D', were: 'W ER',
  they: 'DH EH IY', their: 'DH EH R', there: 'DH EH R', where: 'W EH R', from: 'F R AH M', world: 'W ER L D',
  word: 'W ER D', hello: 'HH AX L AO UW', keeper: 'K IY P ER', lighthouse: 'L AA IY T HH AA UW S', water: 'W AO T ER',
};

const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

// Tried in order at each letter; a look-ahead sees the letters that follow.
const RULES: readonly Rule[] = [
  rule('tion', 'SH AX N'), rule('ssion', 'SH AX N'), rule('sion', 'ZH AX N'), rule('ture', 'CH ER'),
  rule('ough', 'AO'), rule('augh', 'AO'), rule('eigh', 'EH IY'), rule('igh', 'AA IY'), rule('tch', 'CH'),
  rule('sch', 'S K'), rule('dge', 'JH'), rule('ch', 'CH'), rule('sh', 'SH'), rule('ph', 'F'), rule('wh', 'W'),
  rule('\\bkn', 'N'), rule('\\bwr', 'R'), rule('mb\\b', 'M'), rule('ck', 'K'), rule('ng\\b', 'NG'), rule('nk', 'NG K'),
  rule('ng', 'NG G'), rule('qu', 'K W'), rule('th(?=e|is|at|os|us|y\\b)', 'DH'), rule('th', 'TH'), rule('gh', ''),
  rule('ee', 'IY'), rule('ear', 'IY R'), rule('ea', 'IY'), rule('oor', 'AO R'), rule('oo(?=k|d\\b)', 'UH'), rule('oo', 'UW'),
  rule('our', 'AO R'), rule('ou', 'AA UW'), rule('ow\\b', 'AO UW'), rule('ow', 'AA UW'), rule('oa', 'AO UW'),
  rule('oi|oy', 'AO IY'), rule('air', 'EH R'), rule('ai|ay', 'EH IY'), rule('au|aw', 'AO'), rule('ew', 'Y UW'),
  rule('ie\\b', 'AA IY'), rule('ie', 'IY'), rule('ei', 'IY'), rule('ey\\b', 'IY'),
  rule('are\\b', 'EH R'), rule('ar', 'AA R'), rule('ore?', 'AO R'), rule('ire\\b', 'AA IY ER'), rule('(?:er|ir|ur)e?', 'ER'),
  // A vowel, one consonant and a silent e.
  rule('a(?=[bcdfgklmnpqstvz]es?\\b|[bcdfgklmnpqstvz]ing\\b|ste)', 'EH IY'), rule('e(?=[bcdfgklmnpqstvz]e\\b)', 'IY'),
  rule('i(?=[bcdfgklmnpqstvz]es?\\b|nd\\b)', 'AA IY'), rule('o(?=[bcdfgklmnpqstvz]es?\\b|ld)', 'AO UW'),
  rule('u(?=[bcdfgklmnpqstvz]es?\\b)', 'UW'), rule('ed\\b', 'D'), rule('(?<=[aeiou].*)es?\\b(?<=s)', 'Z'),
  rule('(?<=[aeiouy].*)e\\b', ''), rule('all', 'AO L'), rule('wa(?=[ts])', 'W AA'), rule('a\\b', 'AX'), rule('a', 'AE'),
  rule('e\\b', 'IY'), rule('e', 'EH'), rule('\\bi\\b', 'AA IY'), rule('i', 'IH'), rule('o\\b', 'AO UW'), rule('o', 'AA'),
  rule('u', 'AH'), rule('(?<=[b-df-hj-np-tv-z])y\\b(?<=^.{1,3})', 'AA IY'), rule('y\\b', 'IY'), rule('\\by', 'Y'), rule('y', 'IH'),
  rule('c(?=[eiy])', 'S'), rule('cc?', 'K'), rule('gg', 'G'), rule('g(?=[ei])', 'JH'), rule('(?<=[aeioulmnrdgb])s\\b', 'Z'),
  rule('x', 'K S'), rule('bb?', 'B'), rule('dd?', 'D'), rule('ff?', 'F'), rule('g', 'G'), rule('h', 'HH'), rule('j', 'JH'),
  rule('k', 'K'), rule('ll?', 'L'), rule('mm?', 'M'), rule('nn?', 'N'), rule('pp?', 'P'), rule('rr?', 'R'), rule('ss?', 'S'),
  rule('tt?', 'T'), rule('v', 'V'), rule('w', 'W'), rule('zz?', 'Z'),
];

// Sounds made of several others.
const COMPOUND: Record<string, readonly PhonemeName[]> = {
  CH: ['hold', 'T', 'SH'], JH: ['murmur', 'D', 'ZH'], P: ['hold', 'P'], T: ['hold', 'T'], K: ['hold', 'K'],
  B: ['murmur', 'B'], D: ['murmur', 'D'], G: ['murmur', 'G'],
};

function spell(word: string): string {
  const known = WORDS[word];
  if (known !== undefined) return known;
  const sounds: string[] = [];
  for (let at = 0; at < word.length; ) {
    const start = at;
    for (const [pattern, sound] of RULES) {
      pattern.lastIndex = start;
      const found = pattern.exec(word);
      if (found === null || found[0].length === 0) continue;
      sounds.push(sound);
      at += found[0].length;
      break;
    }
    if (at === start) at += 1; // a letter without a rule stays silent
  }
  return sounds.join(' ');
}

function expand(word: string): PhonemeName[] {
  const names = spell(word).split(' ').filter((name) => name !== '');
  return names.flatMap((name) => COMPOUND[name] ?? [name as PhonemeName]);
}

/** English text to sounds. Accents are dropped and digits are read one by one. */
export function pronounce(text: string): PhonemeName[] {
  const plain = text.normalize('NFKD').toLowerCase().replace(/[\u0300-\u036f'’]/g, '');
  const spoken = plain.replace(/\d/g, (digit) => ` ${DIGITS[Number(digit)]} `);
  const sounds: PhonemeName[] = [];
  for (const part of spoken.match(/[a-z]+|[,;:\u2013\u2014]|[.!?]+/g) ?? []) {
    if (/[a-z]/.test(part)) sounds.push(...expand(part), 'pause');
    else sounds.push(/[.!?]/.test(part) ? 'stop' : 'comma');
  }
  return sounds;
}
