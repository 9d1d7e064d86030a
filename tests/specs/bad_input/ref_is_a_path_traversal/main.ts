import { getProvider } from 'prizm';
for (const ref of ['../../../../etc/passwd', 'a/../../b', '%2e%2e%2fx', 'refs/heads/../../x']) {
  try {
    await getProvider(`github:acme/echo@${ref}`);
    console.log('accepted', ref);
  } catch {
    console.log('refused');
  }
}
