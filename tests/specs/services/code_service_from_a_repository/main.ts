import { getService } from 'prizm';
const service = await getService('github:acme/service@v1', { port: 7 });
const info = service.getServiceInfo();
console.log(info.containerName, info.ports[0], await service.startService());
