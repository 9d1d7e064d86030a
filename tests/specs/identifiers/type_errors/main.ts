import { parseIdentifier } from 'prizm';
for (const value of [undefined, 7, {}]) {
  try {
    parseIdentifier(value as never);
    console.log('accepted', value);
  } catch (error) {
    console.log(error.name);
  }
}
