import { getService } from 'prizm';
console.log((await getService('file:./both')).getServiceInfo().containerName);
for (const name of ['declared', 'compose']) {
  await getService(`file:./${name}`).catch((error) => console.log(error.name, error.message.includes('Docker Compose project')));
}
