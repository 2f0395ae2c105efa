using TResNet.Compute;
using TResNet.Data.Transforms;

namespace TResNet.Training;

/// <summary>The recipes, as data.</summary>
internal static class Recipes
{
    // The learning rate of the authors' public command line, 0.6 for 8 x 190 images, brought to steps of 256.
    private const double RateOf256 = 0.1;

    /// <summary>The paper's.</summary>
    public static Recipe TResNet { get; } =
        new()
        {
            Name = "tresnet",
            Summary = "The paper's: 300 epochs on ImageNet from fresh weights.",
            Source =
                "arXiv 2003.13630, section 3: SGD, one-cycle, 300 epochs, AutoAugment, cutout, label smoothing, weight decay on weights alone, pixels from 0 to 1",
            Chosen =
                "the paper gives no numbers for batch, learning rate, momentum, decay, smoothing and cutout, and does not say whether momentum cycles (here it stays); the learning rate is that of the authors' command line for timm (recipe timm) for 256 images",
            Options = new TrainingOptions
            {
                Recipe = "tresnet",
                Epochs = 300,
                BatchSize = 256,
                Optimizer = OptimizerKind.SGD,
                Scheduler = SchedulerKind.OneCycle,
                LearningRate = RateOf256,
                WarmUp = 0.1,
                Momentum = 0.9,
                WeightDecay = 1e-4,
                LabelSmoothing = 0.1,
            },
            Augmentations = new Augmentations { AutoAugment = "original", Cutout = 0.5 },
        };

    /// <summary>The official repository's command line for timm.</summary>
    public static Recipe Timm { get; } =
        new()
        {
            Name = "timm",
            Summary =
                "The official README's command line for timm, whose authors report 80.5 % for tresnet_m on ImageNet.",
            Source =
                "github.com/Alibaba-MIIL/TResNet, README: -b=190 on 8 GPUs, lr 0.6, model-ema, rand-m9-mstd0.5-inc1, amp, 300 epochs, mixup 0.2, cosine, "
                + "reprob 0.4, remode pixel; timm's defaults of August 2020 for the rest",
            Chosen =
                "8 batches that make one step stand for the 8 GPUs; the cosine ends at 0 after 300 epochs, without timm's 10 epochs at 0.00001",
            Options = new TrainingOptions
            {
                Recipe = "timm",
                Epochs = 300,
                BatchSize = 190,
                GradAccumSteps = 8,
                Optimizer = OptimizerKind.SGD,
                Scheduler = SchedulerKind.Cosine,
                LearningRate = 0.6,
                WarmUp = 3.0 / 300,
                Momentum = 0.9,
                WeightDecay = 1e-4,
                ModelEmaDecay = 0.9998,
                LabelSmoothing = 0.1,
            },
            Augmentations = new Augmentations
            {
                AutoAugment = "rand-m9-mstd0.5-inc1",
                Mixup = 0.2,
                RandomErasing = 0.4,
                ErasingFill = ErasingFill.Pixels,
            },
            OnGpu = ComputeType.Float16,
        };

    /// <summary>Good weights in an hour instead of a week.</summary>
    public static Recipe Fast { get; } =
        new()
        {
            Name = "fast",
            Summary = "A short run from fresh weights: a steep one-cycle, and small images first.",
            Source =
                "L. Smith, N. Topin, arXiv 1708.07120 (one-cycle with high learning rates, momentum the other way); progressive resizing as in fast.ai's DAWNBench entries",
            Chosen = "all numbers",
            Options = new TrainingOptions
            {
                Recipe = "fast",
                Epochs = 16,
                BatchSize = 64,
                Optimizer = OptimizerKind.SGD,
                Scheduler = SchedulerKind.OneCycle,
                LearningRate = 0.1,
                WarmUp = 0.25,
                Momentum = 0.9,
                WeightDecay = 5e-4,
                LabelSmoothing = 0.1,
                FirstSize = 0.57,
                CycleMomentum = true,
            },
            Augmentations = new Augmentations { Scale = (0.35, 1) },
        };

    /// <summary>From published weights to somebody's own images.</summary>
    public static Recipe FineTune { get; } =
        new()
        {
            Name = "finetune",
            Summary = "From weights to other images: small steps, strong augmentation.",
            Source =
                "github.com/Alibaba-MIIL/ImageNet21K, train_single_label.py: Adam with lr 3e-4 for batches of 64, one-cycle from a 20th of it over a tenth of the steps without a cycle of the momentum, weight decay 1e-4, "
                + "label smoothing 0.2; its data loader: images squashed without a crop or a flip, cutout 0.5, then RandAugment",
            Chosen =
                "20 epochs where the source has 80, and RandAugment as timm has it, of magnitude 9, where the source takes the package randaugment",
            Options = new TrainingOptions
            {
                Recipe = "finetune",
                Epochs = 20,
                BatchSize = 64,
                Optimizer = OptimizerKind.Adam,
                Scheduler = SchedulerKind.OneCycle,
                LearningRate = 3e-4,
                DivFactor = 20,
                WarmUp = 0.1,
                WeightDecay = 1e-4,
                LabelSmoothing = 0.2,
            },
            Augmentations = Squashed,
            OnGpu = ComputeType.Float16,
            StartsFromWeights = true,
            CropMode = CropMode.Squash,
            CropPct = 1,
            Interpolation = Interpolation.Bilinear,
        };

    /// <summary>Several labels an image.</summary>
    public static Recipe Asl { get; } =
        new()
        {
            Name = "asl",
            Summary =
                "Several labels an image, from weights: the asymmetric loss, and images that nothing is cut away from.",
            Source =
                "github.com/Alibaba-MIIL/ASL, train.py for MS-COCO: Adam with lr 1e-4 for batches of 128, one-cycle of 80 epochs over a fifth of the steps with PyTorch's divisor 25 and its cycle of beta, weight decay "
                + "1e-4, an average with 0.9997 that is not warmed up, gamma- 4, gamma+ 0, clip 0.05; images of 448 pixels, squashed without a crop or a flip, cutout 0.5, then RandAugment",
            Chosen =
                "the source stops its schedule after 41 of the 80 epochs, here all are done and the best is kept; RandAugment is as timm has it, of magnitude 9, where the source takes the package randaugment",
            Options = new TrainingOptions
            {
                Recipe = "asl",
                Epochs = 80,
                BatchSize = 128,
                Optimizer = OptimizerKind.Adam,
                Scheduler = SchedulerKind.OneCycle,
                LearningRate = 1e-4,
                WarmUp = 0.2,
                CycleMomentum = true,
                WeightDecay = 1e-4,
                ModelEmaDecay = 0.9997,
                ModelEmaWarmup = false,
                Loss = LossKind.Asymmetric,
                LabelSmoothing = 0,
            },
            Augmentations = Squashed,
            OnGpu = ComputeType.Float16,
            StartsFromWeights = true,
            InputSize = 448,
            CropMode = CropMode.Squash,
            CropPct = 1,
            Interpolation = Interpolation.Bilinear,
        };

    // Both repositories: Resize((s, s)), CutoutPIL(0.5), RandAugment().
    private static Augmentations Squashed =>
        new()
        {
            TrainCropMode = TrainCropMode.Squash,
            TrainInterpolation = Interpolation.Bilinear,
            HFlip = 0,
            CutoutFirst = true,
            Cutout = 0.5,
            AutoAugment = "rand-m9-mstd0.5-inc1",
        };
}
