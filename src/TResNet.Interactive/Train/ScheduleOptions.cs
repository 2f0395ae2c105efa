using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>The options that say how the learning rate moves.</summary>
/// <param name="notebook">Where it is said that an option has another name.</param>
internal sealed class ScheduleOptions(INotebook notebook)
{
    private static readonly TrainingOptions Defaults = new();

    private readonly Option<string> kind = KindOption.Create<SchedulerKind>("--sched", "How the learning rate moves.");
    private readonly Option<double?> warmUpEpochs = new("--warmup-epochs")
    {
        Description =
            "Epochs in which the learning rate rises, with parts. Default: a quarter of all with one-cycle and cosine, or the recipe's; none with others.",
        HelpName = "number",
    };
    private readonly Option<double> warmUpRate = CommonOptions.Make(
        "--warmup-lr",
        "The learning rate that --warmup-epochs start at.",
        Defaults.WarmupLr,
        "rate"
    );
    private readonly Option<double> least = CommonOptions.Make(
        "--min-lr",
        "Where cosine and poly end, and below what plateau does not go.",
        Defaults.MinLr,
        "rate"
    );
    private readonly Option<int> cooldown = CommonOptions.Make(
        "--cooldown-epochs",
        "Epochs at --min-lr after those of cosine and poly.",
        Defaults.CooldownEpochs,
        "number"
    );
    private readonly Option<int> patience = CommonOptions.Make(
        "--patience-epochs",
        "Epochs without a better one by --eval-metric that plateau lets pass.",
        Defaults.PatienceEpochs,
        "number"
    );
    private readonly Option<double> decayEpochs = CommonOptions.Make(
        "--decay-epochs",
        "Epochs between two steps of step, with parts.",
        Defaults.DecayEpochs,
        "number"
    );
    private readonly Option<int[]> milestones = new("--decay-milestones")
    {
        Description =
            $"The epochs at which multistep lowers the learning rate. Default: {string.Join(' ', Defaults.DecayMilestones)}.",
        HelpName = "epochs",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<double> decayRate = CommonOptions.Make(
        "--decay-rate",
        "What step, multistep and plateau multiply the learning rate by; the power of poly.",
        Defaults.DecayRate,
        "rate"
    );
    private readonly Option<double> divisor = CommonOptions.Make(
        "--div-factor",
        "How many times the first learning rate of one-cycle goes into the highest.",
        Defaults.DivFactor,
        "number"
    );
    private readonly Option<bool> cycles = CommonOptions.Make(
        "--cycle-momentum",
        "Whether momentum, or the first beta, goes the other way in one-cycle: from 0.95 to 0.85 and back.",
        Defaults.CycleMomentum,
        "true or false"
    );
    private readonly Option<double?> share = new("--warmup") { HelpName = "share", Hidden = true };

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All =>
        [
            kind,
            warmUpEpochs,
            warmUpRate,
            least,
            cooldown,
            patience,
            decayEpochs,
            milestones,
            decayRate,
            divisor,
            cycles,
            share,
        ];

    /// <summary>What was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="others">What holds where the command line is silent, with the epochs that were asked for.</param>
    /// <exception cref="CommandException">An option means nothing to the schedule.</exception>
    public TrainingOptions Read(ParseResult parsed, TrainingOptions others)
    {
        var chosen = KindOption.Read(parsed, kind, others.Scheduler);
        RequireUses(parsed, chosen);
        // What a recipe says of its own schedule means nothing to another one.
        var rest = chosen == others.Scheduler ? others : Plain(others);
        return rest with
        {
            Scheduler = chosen,
            WarmupEpochs = WarmUp(parsed, others.Epochs) ?? rest.WarmupEpochs,
            WarmupLr = parsed.ValueOr(warmUpRate, rest.WarmupLr),
            MinLr = parsed.ValueOr(least, rest.MinLr),
            CooldownEpochs = parsed.ValueOr(cooldown, rest.CooldownEpochs),
            PatienceEpochs = parsed.ValueOr(patience, rest.PatienceEpochs),
            DecayEpochs = parsed.ValueOr(decayEpochs, rest.DecayEpochs),
            DecayMilestones = parsed.IsGiven(milestones) ? parsed.GetValue(milestones)! : rest.DecayMilestones,
            DecayRate = parsed.ValueOr(decayRate, rest.DecayRate),
            DivFactor = parsed.ValueOr(divisor, rest.DivFactor),
            CycleMomentum = parsed.ValueOr(cycles, rest.CycleMomentum),
        };
    }

    private static TrainingOptions Plain(TrainingOptions options) =>
        options with
        {
            WarmupEpochs = null,
            MinLr = Defaults.MinLr,
            CooldownEpochs = Defaults.CooldownEpochs,
            DecayRate = Defaults.DecayRate,
            DivFactor = Defaults.DivFactor,
            CycleMomentum = Defaults.CycleMomentum,
        };

    private void RequireUses(ParseResult parsed, SchedulerKind chosen)
    {
        Require(warmUpRate, SchedulerTraits.HasWarmupLr);
        Require(least, SchedulerTraits.HasMinLr);
        Require(cooldown, SchedulerTraits.CoolsDown);
        Require(patience, one => one == SchedulerKind.Plateau);
        Require(decayEpochs, one => one == SchedulerKind.Step);
        Require(milestones, one => one == SchedulerKind.MultiStep);
        Require(decayRate, SchedulerTraits.HasDecayRate);
        Require(divisor, one => one == SchedulerKind.OneCycle);
        Require(cycles, one => one == SchedulerKind.OneCycle);
        Require(share, SchedulerTraits.HasWarmUpShare);
        if (parsed.IsGiven(warmUpRate) && !(parsed.GetValue(warmUpEpochs) > 0))
        {
            throw new CommandException(
                $"{warmUpRate.Name} means nothing without {warmUpEpochs.Name}: add that, or leave it out."
            );
        }

        void Require(Option option, Func<SchedulerKind, bool> uses) =>
            KindOption.RequireUse(parsed, option, kind, chosen, uses);
    }

    private double? WarmUp(ParseResult parsed, int epochs)
    {
        if (parsed.GetValue(share) is not { } part)
        {
            return parsed.GetValue(warmUpEpochs);
        }

        if (parsed.IsGiven(warmUpEpochs))
        {
            throw new CommandException(
                $"{share.Name} is the old way to say {warmUpEpochs.Name}, and both are there: keep {warmUpEpochs.Name}."
            );
        }

        if (!(part >= 0 && part < 1))
        {
            throw new CommandException(
                FormattableString.Invariant(
                    $"{share.Name} {part} is no share of the steps, from 0 to below 1; say {warmUpEpochs.Name}, which counts epochs."
                )
            );
        }

        var said = FormattableString.Invariant($"{warmUpEpochs.Name} {part * epochs}");
        notebook.Display(
            new View
            {
                Parts =
                [
                    FormattableString.Invariant(
                        $"{share.Name} {part} is called {said} now; the old name goes with the next version."
                    ),
                ],
            }
        );
        return part * epochs;
    }
}
