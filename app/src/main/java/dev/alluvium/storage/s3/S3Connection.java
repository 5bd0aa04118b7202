package dev.alluvium.storage.s3;

import dev.alluvium.storage.StorageException;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.storage.StorageSettings.S3.Keys;
import dev.alluvium.storage.StorageSettings.S3.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.profiles.ProfileFileSupplier;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** The SDK's client as the settings say, with all that has to be closed with it. */
final class S3Connection implements AutoCloseable {
    /**
     * What only tests change.
     *
     * @param attempts of one request, the first included: few, as the uploader repeats an upload for ever
     * @param pageSize entries of one page of a listing
     * @param connections at the most: more than uploads ever hold at once with sensible settings; beyond it they wait for
     *     each other
     * @param interceptors of every request
     */
    record Tuning(int attempts, int pageSize, int connections, List<ExecutionInterceptor> interceptors) {
        static final Tuning DEFAULT = new Tuning(3, 1000, 256, List.of());
    }

    private final S3Client client;
    private final List<SdkAutoCloseable> resources;

    private S3Connection(S3Client client, List<SdkAutoCloseable> resources) {
        this.client = client;
        this.resources = resources;
    }

    /** Sends nothing yet. */
    static S3Connection open(StorageSettings.S3 settings, Tuning tuning) throws StorageException {
        Region region = regionOf(settings);
        List<SdkAutoCloseable> resources = new ArrayList<>();
        SdkHttpClient http = Apache5HttpClient.builder()
                .connectionTimeout(settings.timeouts().connect())
                .socketTimeout(settings.timeouts().read())
                .connectionAcquisitionTimeout(settings.timeouts().request())
                .maxConnections(tuning.connections())
                .build();
        resources.add(http);
        S3ClientBuilder builder = S3Client.builder()
                .httpClient(http)
                .region(region)
                .credentialsProvider(credentials(settings, region, http, resources))
                .forcePathStyle(settings.isPathStyle())
                // The body goes as it is: its checksum is known before, so no trailer is needed for it.
                .serviceConfiguration(
                        S3Configuration.builder().chunkedEncodingEnabled(false).build())
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(overrides(settings, tuning));
        settings.endpoint().ifPresent(builder::endpointOverride);
        S3Client client = builder.build();
        resources.add(client);
        return new S3Connection(client, resources);
    }

    S3Client client() {
        return client;
    }

    /** Ends the client before what it uses. */
    @Override
    public void close() {
        List<SdkAutoCloseable> reversed = new ArrayList<>(resources);
        Collections.reverse(reversed);
        reversed.forEach(SdkAutoCloseable::close);
    }

    private static ClientOverrideConfiguration overrides(StorageSettings.S3 settings, Tuning tuning) {
        return ClientOverrideConfiguration.builder()
                .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                        .maxAttempts(tuning.attempts())
                        .build())
                .apiCallAttemptTimeout(settings.timeouts().request())
                .executionInterceptors(tuning.interceptors())
                .build();
    }

    /** Signatures name a region also where a store has none: then Amazon's first serves. */
    private static Region regionOf(StorageSettings.S3 settings) throws StorageException {
        if (settings.region().isPresent()) {
            return Region.of(settings.region().get());
        }
        try {
            return new DefaultAwsRegionProviderChain().getRegion();
        } catch (SdkClientException e) {
            if (settings.endpoint().isPresent()) {
                return Region.US_EAST_1;
            }
            throw new StorageException(
                    "no region for s3://" + settings.bucket() + ": set storage.region or AWS_REGION", e, false);
        }
    }

    private static AwsCredentialsProvider credentials(
            StorageSettings.S3 settings, Region region, SdkHttpClient http, List<SdkAutoCloseable> resources) {
        AwsCredentialsProvider own =
                settings.credentials().keys().map(S3Connection::fixed).orElseGet(() -> chain(resources));
        return settings.credentials()
                .role()
                .map(role -> assuming(role, own, region, http, resources))
                .orElse(own);
    }

    private static AwsCredentialsProvider fixed(Keys keys) {
        AwsCredentials credentials = keys.sessionToken().isPresent()
                ? AwsSessionCredentials.create(
                        keys.accessKey(), keys.secretKey(), keys.sessionToken().get())
                : AwsBasicCredentials.create(keys.accessKey(), keys.secretKey());
        return StaticCredentialsProvider.create(credentials);
    }

    /** Reads a changed profile file again, so that renewed keys heal a process that runs. */
    private static AwsCredentialsProvider chain(List<SdkAutoCloseable> resources) {
        DefaultCredentialsProvider chain = DefaultCredentialsProvider.builder()
                .profileFile(ProfileFileSupplier.defaultSupplier())
                .build();
        resources.add(chain);
        return chain;
    }

    private static AwsCredentialsProvider assuming(
            Role role,
            AwsCredentialsProvider own,
            Region region,
            SdkHttpClient http,
            List<SdkAutoCloseable> resources) {
        StsClient sts = StsClient.builder()
                .httpClient(http)
                .region(region)
                .credentialsProvider(own)
                .build();
        resources.add(sts);
        StsAssumeRoleCredentialsProvider assumed = StsAssumeRoleCredentialsProvider.builder()
                .stsClient(sts)
                .refreshRequest(request -> {
                    request.roleArn(role.arn()).roleSessionName(role.sessionName());
                    role.externalId().ifPresent(request::externalId);
                })
                .build();
        resources.add(assumed);
        return assumed;
    }
}
