export default () => ({
  json: JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "toString": 1}'),
  null: Object.assign(Object.create(null), { ['__proto__']: { polluted: 1 } }),
  inherited: Object.create({ polluted: 1 }),
  map: new Map([['__proto__', { polluted: 1 }]]),
  error: Object.assign(new Error('x'), JSON.parse('{"__proto__": {"polluted": 1}}')),
  array: Object.assign([], { __proto__: { polluted: 1 } }),
  own: Object.defineProperty({}, '__proto__', { value: { polluted: 1 }, enumerable: true }),
  url: new URL('http://a/?__proto__=1'),
  headers: new Headers({ '__proto__': 'polluted' }),
  date: Object.setPrototypeOf(new Date(0), { polluted: 1 }),
});
