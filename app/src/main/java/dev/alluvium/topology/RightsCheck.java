package dev.alluvium.topology;

import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.jspecify.annotations.Nullable;

/** Compares what the principal may do with what its pipeline needs. */
final class RightsCheck {
    private final List<Acl> rights;
    private final KafkaTools tools;
    private final Findings findings;

    RightsCheck(List<Acl> rights, KafkaTools tools, Findings findings) {
        this.rights = rights;
        this.tools = tools;
        this.findings = findings;
    }

    /** How the rights on a resource are given. */
    String grant(Acl.Resource resource, String name, Acl.Need need) {
        return rights.stream()
                .filter(acl -> acl.need() == need && acl.covers(resource, name))
                .map(acl -> acl.command(tools, KafkaRights.PRINCIPAL))
                .findFirst()
                .orElse("");
    }

    /** How the rights are given without which a run does not work. */
    String grant(Acl.Resource resource, String name) {
        return grant(resource, name, Acl.Need.ALWAYS);
    }

    /**
     * Reports rights that are missing on a resource.
     *
     * @param granted null if the broker does not tell
     * @return whether none is missing
     */
    boolean check(String subject, Acl.Resource resource, String name, @Nullable Set<AclOperation> granted) {
        if (granted == null) {
            findings.warn(subject, "the broker does not tell what this principal may do", "");
            return true;
        }
        for (Acl acl : rights) {
            if (acl.need() == Acl.Need.ALWAYS && acl.covers(resource, name)) {
                List<String> missing = acl.missingFrom(granted);
                if (!missing.isEmpty()) {
                    findings.fail(
                            subject,
                            "not authorized to " + String.join(", ", missing),
                            acl.command(tools, KafkaRights.PRINCIPAL));
                    return false;
                }
            }
        }
        return true;
    }
}
