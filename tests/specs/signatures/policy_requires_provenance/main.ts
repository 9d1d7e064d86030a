import { getProvider } from 'prizm';
console.log((await getProvider(`npm:signed@${process.argv[2]}`)).name);
