import { getService } from 'prizm';
const asked = { 'file': 'file:./file.ts', 'folder': 'file:./folder', 'npm': 'npm:npm-service@^1', 'github': 'github:acme/service@v1' };
const services = await Promise.all(Object.entries(asked).map(([name, id]) => getService(id, { name })));
console.log(services.map((service) => service.getServiceInfo().containerName).join(' '));
console.log((await getService('file:./file.ts', { name: 'file' })) === services[0]);
console.log((await getService('file:./file.ts', { name: 'other' })) === services[0]);
console.log((await getService('file:./file.ts')) === services[0]);
