package dev.alluvium.storage;

import java.util.ArrayList;
import java.util.List;

/**
 * Something that whoever runs Alluvium must be allowed to do in its store.
 *
 * @param action as the store's own access rules spell it
 * @param resource what it is done to
 * @param purpose what it is needed for
 */
public record StoragePermission(String action, String resource, String purpose) {
    /** All that a store asks for, and nothing else. */
    public static List<StoragePermission> of(StorageSettings settings) {
        if (settings instanceof StorageSettings.Local local) {
            return ofLocal(local.directory().toString());
        } else if (settings instanceof StorageSettings.S3 s3) {
            return ofS3(s3);
        } else if (settings instanceof StorageSettings.Gcs gcs) {
            return ofGcs(gcs);
        }
        throw new IllegalArgumentException("no permissions are known of " + settings);
    }

    private static List<StoragePermission> ofLocal(String directory) {
        return List.of(
                new StoragePermission("read, write, execute", directory, "to publish, read and list files"),
                new StoragePermission(
                        "write, execute", "the directory above " + directory, "to make it if it is missing"));
    }

    private static List<StoragePermission> ofS3(StorageSettings.S3 s3) {
        String bucket = "arn:aws:s3:::" + s3.bucket();
        String objects = bucket + (s3.prefix().isEmpty() ? "/*" : "/" + s3.prefix() + "/*");
        List<StoragePermission> all = new ArrayList<>(List.of(
                new StoragePermission("s3:PutObject", objects, "to publish files, whole and in parts"),
                new StoragePermission("s3:GetObject", objects, "to see whether a file is there, and to read it"),
                new StoragePermission("s3:DeleteObject", objects, "to remove the probe"),
                new StoragePermission("s3:AbortMultipartUpload", objects, "to give up a file that is half sent"),
                new StoragePermission("s3:ListBucket", bucket, "to list; without it a missing file looks forbidden"),
                new StoragePermission(
                        "s3:ListBucketMultipartUploads", bucket, "to find uploads that a crash left behind")));
        if (s3.encryption() instanceof StorageSettings.S3.Encryption.OfKms kms) {
            String key = kms.key().orElse("the account's key for S3");
            all.add(new StoragePermission("kms:GenerateDataKey", key, "to encrypt files"));
            all.add(new StoragePermission("kms:Decrypt", key, "to send files in parts, and to read them"));
        }
        s3.credentials()
                .role()
                .ifPresent(role -> all.add(new StoragePermission(
                        "sts:AssumeRole", role.arn(), "to become the role, which needs all of the above")));
        return all;
    }

    private static List<StoragePermission> ofGcs(StorageSettings.Gcs gcs) {
        String bucket = "gs://" + gcs.bucket();
        List<StoragePermission> all = new ArrayList<>(List.of(
                new StoragePermission("storage.objects.create", bucket, "to publish files"),
                new StoragePermission("storage.objects.get", bucket, "to see whether a file is there, and to read it"),
                new StoragePermission("storage.objects.list", bucket, "to list"),
                new StoragePermission("storage.objects.delete", bucket, "to remove the probe")));
        gcs.kmsKey()
                .ifPresent(key -> all.add(new StoragePermission(
                        "roles/cloudkms.cryptoKeyEncrypterDecrypter",
                        key,
                        "to encrypt and decrypt files; for the bucket's service agent, not for Alluvium")));
        gcs.project()
                .ifPresent(project ->
                        all.add(new StoragePermission("serviceusage.services.use", project, "to let the project pay")));
        return all;
    }
}
