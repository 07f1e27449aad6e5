import { AccountClient, PutAlternateContactCommand } from '@aws-sdk/client-account';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { need } from '../../../tools/require.ts';
import { readAccount } from '../../core/collect/inventory/read-account.ts';
import { readTagged } from '../../core/collect/inventory/read-tagged.ts';
import { limitTo, readingOf } from '../../core/collect/inventory/reading.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { openAws } from './open-aws.ts';
import { unpaced } from './pacer.ts';

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' };
const region = 'us-east-1';

describe.skipIf(!need('moto'))('whose an account and its resources are, over the wire', () => {
  let moto: MotoServer;
  beforeAll(async () => {
    moto = await startMoto('111122223333');
  });
  afterAll(async () => {
    await moto?.stop();
  });

  test('the security contact is read, and that there is none for operations', async () => {
    const client = new AccountClient({ endpoint: moto.url, region, credentials });
    const contact = { Name: 'Sec', Title: 'On call', EmailAddress: 'security@example.com', PhoneNumber: '+15550100' };
    await client.send(new PutAlternateContactCommand({ AlternateContactType: 'SECURITY', ...contact }));
    client.destroy();
    const cloud = openAws({ endpointUrl: moto.url, credentials, pacer: unpaced });
    const [account] = await readAccount.read(readingOf(cloud, moto.account, 'aws', 'aws-global', [region], limitTo(4)));
    await cloud.close();
    expect(account?.props).toMatchObject({ securityContact: { name: 'Sec', email: 'security@example.com' }, operationsContact: null });
  });

  test('tags of many services come from one list', async () => {
    const client = new SecretsManagerClient({ endpoint: moto.url, region, credentials });
    await client.send(new CreateSecretCommand({ Name: 'orders', SecretString: 'x', Tags: [{ Key: 'owner', Value: 'olga' }] }));
    client.destroy();
    const cloud = openAws({ endpointUrl: moto.url, credentials, pacer: unpaced });
    const found = await readTagged.read(readingOf(cloud, moto.account, 'aws', region, [region], limitTo(4)));
    await cloud.close();
    expect(found).toMatchObject([
      { type: 'AWS::SecretsManager::Secret', name: expect.stringMatching(/^orders-/), tags: { owner: 'olga' } },
    ]);
  });
});
